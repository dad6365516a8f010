// A threaded program of C++: strings, maps, shared pointers, exceptions, blocks that one thread makes
// and another destroys.
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

struct alignas(64) wide {
    char bytes[128];
};

static std::mutex lock;
static std::vector<std::unique_ptr<std::string>> handed;

static long work(int seed)
{
    std::map<std::string, std::shared_ptr<std::vector<int>>> table;
    long sum = 0;

    for (int i = 0; i < 2000; i++) {
        std::string key = "key number " + std::to_string(i * seed % 777);

        table[key] = std::make_shared<std::vector<int>>(i % 50, seed);
        std::unique_ptr<wide> aligned(new wide());
        if (i % 100 == 0) {
            try {
                throw std::runtime_error(key);
            } catch (const std::exception &error) {
                sum += std::string(error.what()).size();
            }
        }
        if (i % 10 == 0) {
            std::lock_guard<std::mutex> guard(lock);

            if (handed.size() > 100)
                handed.clear();
            handed.push_back(std::make_unique<std::string>(key + key));
        }
    }
    for (const auto &entry : table)
        sum += (long)entry.second->size();
    return sum;
}

int main()
{
    std::vector<std::thread> threads;
    std::vector<long> sums(4);

    for (int t = 0; t < 4; t++)
        threads.emplace_back([t, &sums] { sums[t] = work(t + 1); });
    for (auto &thread : threads)
        thread.join();
    for (long sum : sums)
        std::printf("%ld\n", sum);
    return 0;
}
