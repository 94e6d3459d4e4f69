-- Which channels the house serves, and what an operator decided about each. Written by the supervisor (or by the cli
-- while no supervisor runs).
CREATE TABLE channels (
  login      TEXT PRIMARY KEY,
  -- 'config': named in config.yaml, and gone when it is no longer named there. 'operator': added by command.
  origin     TEXT NOT NULL CHECK (origin IN ('config', 'operator')),
  is_enabled INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1)),
  -- Stopped on purpose: stays stopped over restarts until it is started again.
  is_stopped INTEGER NOT NULL DEFAULT 0 CHECK (is_stopped IN (0, 1)),
  changed_at INTEGER NOT NULL
) STRICT;
