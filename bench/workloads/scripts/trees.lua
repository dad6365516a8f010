-- Binary trees of up to 100 nodes are built and weighed; one in eight is kept, the others are dropped.
local size, seed = ...

local function random(bound)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % bound
end

local function build(nodes)
  if nodes == 0 then return false end
  local left = (nodes - 1) // 2
  return {build(left), build(nodes - 1 - left), random(1000)}
end

local function weigh(tree)
  if not tree then return 0 end
  return weigh(tree[1]) + weigh(tree[2]) + tree[3]
end

local trees, weight, kept = 0, 0, {}
while size > 0 do
  local nodes = 1 + random(100)
  if nodes > size then nodes = size end
  local tree = build(nodes)
  weight = weight + weigh(tree)
  trees = trees + 1
  if trees % 8 == 0 then kept[#kept + 1] = tree end
  size = size - nodes
end

local old = 0
for i = 1, #kept do old = old + weigh(kept[i]) end
print(trees, weight, old)
