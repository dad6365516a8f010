-- Records of about eight values are printed as JSON, parsed, and printed again: both texts must be the same.
local size, seed = ...

local function random(bound)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % bound
end

local letters = {"a", "e", "i", "n", "o", "r", "s", "t", " ", '"', "\\", "\n"}

local function text()
  local parts = {}
  for i = 1, 4 + random(12) do parts[i] = letters[1 + random(#letters)] end
  return table.concat(parts)
end

local function record(id)
  local tags = {}
  for i = 1, 1 + random(4) do tags[i] = text() end
  return {
    id = id,
    name = text(),
    tags = tags,
    place = {x = random(1000), y = -random(1000)},
    done = random(2) == 1,
  }
end

local escapes = {['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n"}

local function quote(text)
  return '"' .. text:gsub('["\\\n]', escapes) .. '"'
end

local write -- value, out: its parts are added to the list `out`

local function write_list(list, out)
  for i, value in ipairs(list) do
    out[#out + 1] = i == 1 and "[" or ","
    write(value, out)
  end
  out[#out + 1] = "]"
end

local function write_object(object, out)
  local keys = {}
  for key in pairs(object) do keys[#keys + 1] = key end
  table.sort(keys)
  for i, key in ipairs(keys) do
    out[#out + 1] = (i == 1 and "{" or ",") .. quote(key) .. ":"
    write(object[key], out)
  end
  out[#out + 1] = "}"
end

function write(value, out)
  if type(value) == "string" then
    out[#out + 1] = quote(value)
  elseif type(value) ~= "table" then
    out[#out + 1] = tostring(value)
  elseif value[1] ~= nil then
    write_list(value, out)
  else
    write_object(value, out)
  end
end

local function encode(value)
  local out = {}
  write(value, out)
  return table.concat(out)
end

local function decode(json)
  local at = 1
  local read

  -- What the pattern, which is at the front, finds here; nil: it does not.
  local function take(pattern)
    local _, last, found = json:find(pattern, at)
    if last then at = last + 1 end
    return found
  end

  local function read_string()
    local parts = {}
    while not take('^(")') do
      local part = take('^([^"\\]+)') or take("^\\(n)") and "\n" or take("^\\(.)")
      parts[#parts + 1] = assert(part, "no end")
    end
    return table.concat(parts)
  end

  local function read_list()
    local result = {}
    repeat result[#result + 1] = read() until not take("^(,)")
    return take("^(%])") and result
  end

  local function read_object()
    local result = {}
    repeat
      local key = take('^(")') and read_string()
      assert(take("^(:)"), "no colon")
      result[key] = read()
    until not take("^(,)")
    return take("^(})") and result
  end

  function read()
    if take('^(")') then return read_string() end
    if take("^(%[)") then return read_list() end
    if take("^({)") then return read_object() end
    local number = take("^(-?%d+)")
    if number then return tonumber(number) end
    return take("^(%a+)") == "true"
  end

  return read()
end

local records = {}
for id = 1, (size + 7) // 8 do records[id] = record(id) end
local json = encode(records)
assert(encode(decode(json)) == json, "another text")
print(#json, json)
