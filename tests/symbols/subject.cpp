// A program to be looked up: names that were mangled, and functions that were inlined by the compiler.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace shapes
{
template <typename T> class Row
{
  public:
    __attribute__((noinline)) void add(const T &value)
    {
        values_.push_back(value);
        counts_[value]++;
    }

    template <typename F> __attribute__((noinline)) T sum(F &&weigh) const
    {
        T total{};

        for (const auto &value : values_)
            total += weigh(value, counts_.at(value));
        return total;
    }

  private:
    std::vector<T> values_;
    std::map<T, int> counts_;
};
} // namespace shapes

int main(int count, char **arguments)
{
    shapes::Row<std::string> words;
    shapes::Row<int> numbers;

    for (int i = 0; i < count; i++) {
        words.add(arguments[i]);
        numbers.add(i);
    }
    std::string all = words.sum([](const std::string &word, int n) { return word + char('0' + n % 10); });
    std::printf("%s %d\n", all.c_str(), numbers.sum([](int a, int b) { return a * b; }));
    return 0;
}
