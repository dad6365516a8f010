-- Coroutines take turns, and each adds up what comes out of a chain of closures over another one.
local size, seed = ...

local function random(bound)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % bound
end

local function range(last)
  return coroutine.wrap(function()
    for i = 1, last do coroutine.yield(i) end
  end)
end

local function map(source, change)
  return function()
    local value = source()
    return value and change(value)
  end
end

local function filter(source, keep)
  return function()
    local value = source()
    while value and not keep(value) do value = source() end
    return value
  end
end

-- Answers nothing while there is something left to do, and then a sum.
local function task(last)
  local factor = 1 + random(9)
  return coroutine.wrap(function()
    local sum = 0
    local chain = map(range(last), function(value) return value * factor + 1 end)
    for value in filter(chain, function(value) return value % 3 ~= 0 end) do
      sum = sum + value
      if value % 4 == 0 then coroutine.yield() end
    end
    return sum
  end)
end

local queue, first, last = {}, 1, 0
while size > 0 do
  local steps = 1 + random(20)
  if steps > size then steps = size end
  last = last + 1
  queue[last] = task(steps)
  size = size - steps
end

local turns = 0
while first <= last do
  local running = queue[first]
  local sum = running()
  queue[first] = nil
  first = first + 1
  turns = turns + 1
  if sum then
    print(turns, sum)
  else
    last = last + 1
    queue[last] = running
  end
end
