# The shape of what a benchmark prints: titles as they are, of each row the names and what kind of
# value stands in each column, with its interval or without. Rows come in order of speed, so whoever
# compares sorts.
{
    gsub(/no difference shown|too (few|noisy) \(>?[0-9,]+\)|too few rounds|[0-9.,]+(x| %) (faster|slower)|  (yes|no|not shown)  /,
        "  VERDICT  ")
    gsub(/ \[[^]]*\]/, "")
    gsub(/[<-]?[0-9][0-9,.]*/, "N")
    gsub(/N (B|KiB|MiB|GiB|ns|us|ms|s)( |$)/, "SIZE ")
    gsub(/  +/, " | ")
    sub(/[ |]+$/, "")
}
# Notes under tables: whether a verdict is open is another matter in each run.
/^ \| (Too (noisy|few) |total: )/ { next }
# What the sentence says is another sentence in each run.
/^(square-chain|node-churn|weak-churn|cycles|deep-chain|handoff|mlp|rnn|tree|script|recording-cost) / { print; skips = 1; next }
/^ \| (When most is live|A second after)/ { skips = 1 }
skips && / \| (strategy|where it is|resident \|)/ { skips = 0 }
!skips && NF
/^ \| Results/ { exit }
