// The peer std::shared_ptr and std::weak_ptr. A process without threads counts without atomic
// operations (libstdc++ asks at run time), but weak_ptr::lock always compares and exchanges.
#include <memory>
#include <vector>

#include "bench/peers/peer.h"

namespace {

struct node {
    std::shared_ptr<node> left, right;
    uint64_t value = 0;
};

template <bool is_dag> std::shared_ptr<node> build(uint32_t nodes, uint32_t salt)
{
    std::shared_ptr<node> last;

    for (uint32_t i = 0; i < nodes; i++) {
        auto fresh = std::make_shared<node>();

        fresh->value = i ^ salt;
        if (last) {
            if (is_dag)
                fresh->right = last->left;
            fresh->left = std::move(last);
        }
        last = std::move(fresh);
    }
    return last;
}

uint64_t sum(const node &last)
{
    return last.value + (last.left ? last.left->value : 0) + (last.right ? last.right->value : 0);
}

template <bool is_dag> void build_drop(uint32_t nodes, uint32_t repetitions, peer_answer *answer)
{
    double begin_ns = peer_now_ns();

    for (uint32_t i = 0; i < repetitions; i++)
        answer->checksum += sum(*build<is_dag>(nodes, i));
    answer->ns = peer_now_ns() - begin_ns;
    answer->objects = double(nodes) * repetitions;
}

void weak_upgrade(uint32_t nodes, uint32_t repetitions, peer_answer *answer)
{
    std::vector<std::shared_ptr<node>> targets;
    std::vector<std::weak_ptr<node>> handles;
    uint32_t *order = peer_order(nodes);
    double begin_ns;

    for (uint32_t i = 0; i < nodes; i++) {
        targets.push_back(std::make_shared<node>());
        targets.back()->value = i;
    }
    for (uint32_t i = 0; i < nodes; i++)
        handles.push_back(targets[order[i]]);
    free(order);
    begin_ns = peer_now_ns();
    for (uint32_t i = 0; i < repetitions; i++)
        for (const auto &handle : handles)
            if (auto target = handle.lock())
                answer->checksum += target->value ^ i;
    answer->ns = peer_now_ns() - begin_ns;
    answer->objects = double(nodes) * repetitions;
}

void deep_drop(uint32_t nodes, uint32_t repetitions, peer_answer *answer)
{
    for (uint32_t i = 0; i < repetitions; i++) {
        std::shared_ptr<node> last;
        double begin_ns;

        for (uint32_t j = 0; j < nodes; j++) {
            auto fresh = std::make_shared<node>();

            fresh->value = j;
            fresh->left = std::move(last);
            last = std::move(fresh);
        }
        answer->checksum += last->value;
        begin_ns = peer_now_ns();
        last.reset();
        answer->ns += peer_now_ns() - begin_ns;
    }
    answer->objects = double(nodes) * repetitions;
}

} // namespace

int main(int argc, char **argv)
{
    static const peer_task tasks[] = {
        {"list", build_drop<false>},
        {"dag", build_drop<true>},
        {"weak", weak_upgrade},
        {"deep-drop", deep_drop},
        {nullptr, nullptr},
    };

    return peer_main(argc, argv, tasks);
}
