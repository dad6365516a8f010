-- A table of records is filled, ranked, grouped, and told in sums.
local size, seed = ...

local function random(bound)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % bound
end

local function fill(count)
  local records = {}
  for id = 1, count do
    records[id] = {
      id = id,
      name = string.format("r%05d", random(32768)),
      group = random(20),
      score = random(1000),
    }
  end
  return records
end

-- The best first; what is equal keeps its order.
local function by_score(a, b)
  if a.score ~= b.score then return a.score > b.score end
  return a.id < b.id
end

local function by_name(a, b)
  if a.name ~= b.name then return a.name < b.name end
  return a.id < b.id
end

local function group(records)
  local groups = {}
  for _, record in ipairs(records) do
    local members = groups[record.group]
    if not members then
      members = {}
      groups[record.group] = members
    end
    members[#members + 1] = record
  end
  return groups
end

local records = fill(size)
table.sort(records, by_score)
for rank, record in ipairs(records) do record.rank = rank end

local groups = group(records)
for number = 0, 19 do
  local members = groups[number]
  if members then
    local sum = 0
    for _, record in ipairs(members) do sum = sum + record.score end
    print(number, #members, sum, "best " .. members[1].name .. " at " .. members[1].rank)
    table.sort(members, by_name)
    for _, record in ipairs(members) do print(record.name, record.score, record.rank) end
  end
end
