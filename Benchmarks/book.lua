-- SPDX-License-Identifier: Apache-2.0
-- Books the starts of a file, each line once, and says at the end how many were answered by what.

local lines, at, run = {}, 0, tostring(os.time())

function init(arguments)
   for line in io.lines(arguments[1]) do lines[#lines + 1] = line end
end

function request()
   at = at + 1
   local start = lines[(at - 1) % #lines + 1]
   local body = '{"service":"bench","start":"' .. start .. '","patient":{"name":"Bench ' .. at
      .. '","email":"bench' .. at .. '@example.org"}}'
   return wrk.format("POST", "/api/v1/bookings",
      { ["Content-Type"] = "application/json", ["Idempotency-Key"] = run .. "-" .. at }, body)
end

function done(summary, latency, requests)
   io.write(string.format("BOOKED %d %d %d %d\n", summary.requests, summary.errors.status, summary.duration,
      latency:percentile(99)))
end
