-- A text is put together from words, taken apart again, counted, and laid out in lines.
local size, seed = ...

local function random(bound)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % bound
end

local syllables = {"ba", "co", "du", "fen", "gra", "hi", "lor", "mu", "nes", "pi", "sto", "ta"}

local function word()
  local parts = {}
  for i = 1, 1 + random(3) do parts[i] = syllables[1 + random(#syllables)] end
  return table.concat(parts)
end

local function compose(count)
  local words = {}
  for i = 1, count do words[i] = word() end
  return table.concat(words, " ")
end

-- How often each word stands in the text, and the words, the most frequent first.
local function frequencies(text)
  local counts, words = {}, {}
  for found in text:gmatch("%a+") do
    if not counts[found] then
      counts[found] = 0
      words[#words + 1] = found
    end
    counts[found] = counts[found] + 1
  end
  table.sort(words, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a < b
  end)
  return counts, words
end

-- Lines of up to 60 bytes, each grown word by word.
local function lay_out(text)
  local line = ""
  for found in text:gmatch("%S+") do
    if #line + #found >= 60 then
      print(line)
      line = found
    else
      line = line == "" and found or line .. " " .. found
    end
  end
  print(line)
end

local text = compose(size)
local counts, words = frequencies(text)
for i, found in ipairs(words) do
  print(string.format("%4d  %-9s%5d", i, found, counts[found]))
end
lay_out((text:gsub("%f[%a]%a", string.upper)))
