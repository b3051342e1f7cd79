-- Users of the calculator, for wrk: as the page does, each change asks for the score and then for what stands beside it.
-- PAUSE_MS is the time from one change to the next, half of it before each of the two.
local pause = tonumber(os.getenv("PAUSE_MS") or "1000")
local path = os.getenv("ASKED") or "/tis"
local fixed = "variant=acr-eular-2016-adult&visits=3&mmt_max=150&week.0=0&week.1=12&week.2=24"

local asked = 0

local function tenths(most) return string.format("%.1f", math.random(0, most * 10) / 10) end

local function body()
  local parts = { fixed }
  for visit = 0, 2 do
    parts[#parts + 1] = string.format(
      "physician_global_cm.%d=%s&patient_global_cm.%d=%s&extramuscular_cm.%d=%s&mmt.%d=%d&haq_di.%d=%s&ck_u_per_l.%d=%d&ck_uln_u_per_l.%d=200",
      visit, tenths(10), visit, tenths(10), visit, tenths(10), visit, math.random(80, 150), visit,
      string.format("%.3f", math.random(0, 24) / 8), visit, math.random(50, 5000), visit)
  end
  asked = asked + 1
  if asked % 2 == 0 then parts[#parts + 1] = "rest=1" end
  return table.concat(parts, "&")
end

function setup(thread) thread:set("seed", 1) end
function init() math.randomseed(seed) end
function delay() return pause == 0 and 0 or math.random(pause / 4, pause * 3 / 4) end

function request()
  if path ~= "/tis" then return wrk.format("GET", path) end
  return wrk.format("POST", path, { ["Content-Type"] = "application/x-www-form-urlencoded", ["HX-Request"] = "true", ["HX-Target"] = "result" }, body())
end

function done(summary, latency)
  local wrong = summary.errors
  print(string.format("RESULT %d %d %.1f %.1f %.1f %.1f", summary.requests,
    wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout,
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency.max / 1000))
end
