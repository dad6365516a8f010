// The same of C++: what its library keeps for exceptions, and for streams, is no leak.
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static std::string global(100, 'x');

int main()
{
    std::map<int, std::string> names;
    std::vector<std::unique_ptr<int>> numbers;

    for (int i = 0; i < 1000; i++) {
        names[i] = std::string(50, 'a');
        numbers.push_back(std::make_unique<int>(i));
    }
    try {
        throw std::runtime_error(names[1]);
    } catch (const std::exception &error) {
        std::cout << error.what() << global << std::endl;
    }
    std::thread([] { std::vector<int>(1000); }).join();
    return 0;
}
