-- One script, so that a server knows either all of it or nothing. The line above
-- names the epoch. A value begins with a letter:
--   T and one or more nonces of 16 bytes: a tombstone of as many writers
--   N and a nonce: a reader is loading what belongs here
--   S and a nonce: a stamp; what was stored under it holds as long as it is there
--   E, the stamps and the data: an entry
local op = ARGV[1]

-- stamps joins the stamps KEYS[2..last]; nil if a writer is at one. Those that
-- are not there are made, with the caller's nonce.
local function stamps(last, nonce, ttl)
  local joined = {}
  for i = 2, last do
    local v = redis.call('GET', KEYS[i])
    if not v then
      if not nonce then return nil end
      v = 'S' .. nonce
      redis.call('SET', KEYS[i], v, 'PX', ttl)
    elseif string.byte(v) ~= 83 then
      return nil
    end
    joined[#joined + 1] = string.sub(v, 2)
  end
  return table.concat(joined)
end

if op == 'read' then
  -- KEYS: entry, stamps…[, witness]; ARGV: nonce, its TTL, a stamp's TTL, how
  -- many stamps, the witness' value or ''
  local last = 1 + tonumber(ARGV[5])
  if #KEYS > last and redis.call('GET', KEYS[last + 1]) ~= ARGV[6] then return 'B' end
  local now = stamps(last, ARGV[2], ARGV[4])
  if not now then return 'B' end
  local v = redis.call('GET', KEYS[1])
  if v then
    if string.byte(v) ~= 69 then return 'B' end
    if string.sub(v, 2, 1 + #now) == now then return 'H' .. string.sub(v, 2 + #now) end
  end
  redis.call('SET', KEYS[1], 'N' .. ARGV[2], 'PX', ARGV[3])
  return 'M' .. now
end

if op == 'fill' then
  -- KEYS: entry, stamps…; ARGV: nonce, stamps, data, TTL
  if redis.call('GET', KEYS[1]) ~= 'N' .. ARGV[2] then return 0 end
  if stamps(#KEYS) ~= ARGV[3] then return 0 end
  redis.call('SET', KEYS[1], 'E' .. ARGV[3] .. ARGV[4], 'PX', ARGV[5])
  return 1
end

if op == 'announce' then
  -- KEYS: entries and stamps; ARGV: nonce, TTL
  local mine = 'T' .. ARGV[2]
  for _, key in ipairs(KEYS) do
    local v = redis.call('SET', key, mine, 'PX', ARGV[3], 'GET')
    if v and string.byte(v) == 84 then
      local full = #v > 1600
      if not full then v = v .. ARGV[2] end
      redis.call('SET', key, v, 'PX', ARGV[3])
      if full then return redis.error_reply('ERR more than 100 writers at one key') end
    end
  end
  return 1
end

if op == 'settle' then
  -- KEYS: those announced; ARGV: nonce, '1' if it is committed. Answers how many
  -- keys have lost the nonce meanwhile.
  local mine, lost, ended = 'T' .. ARGV[2], 0, {}
  local values = redis.call('MGET', unpack(KEYS))
  for i, key in ipairs(KEYS) do
    local v = values[i]
    if v == mine then
      ended[#ended + 1] = key
    else
      local at = nil
      if v and string.byte(v) == 84 then
        for n = 2, #v, 16 do
          if string.sub(v, n, n + 15) == ARGV[2] then at = n end
        end
      elseif v and ARGV[3] == '1' then
        ended[#ended + 1] = key
      end
      if at then
        redis.call('SET', key, string.sub(v, 1, at - 1) .. string.sub(v, at + 16), 'KEEPTTL')
      else
        lost = lost + 1
      end
    end
  end
  if #ended > 0 then redis.call('DEL', unpack(ended)) end
  return lost
end

if op == 'probe' then
  -- What makes this server fit or unfit: see health.go.
  local info = redis.call('INFO', 'replication') .. redis.call('INFO', 'memory') .. redis.call('INFO', 'stats')
  local function fact(name) return string.match(info, '\n' .. name .. ':(%S*)') or '' end
  return { fact('role'), fact('maxmemory_policy'), fact('maxmemory'), fact('used_memory'), fact('evicted_keys') }
end

return redis.error_reply('ERR unknown operation')
