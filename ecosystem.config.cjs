/**
 * For PM2, which keeps one process alive: the supervisor. `kissbot.sh start` uses this with a PM2_HOME of its own.
 * PM2 runs a program here and loads nothing into it (`interpreter: "none"`, no pmx); logs are the supervisor's own.
 */
const { join } = require("node:path");

const home = process.env.KISSBOT_HOME || __dirname;

module.exports = {
  apps: [
    {
      name: "supervisor",
      script: join(__dirname, "bin", "supervisor"),
      cwd: home,
      env: { KISSBOT_HOME: home, KISSBOT_CRASH_LOG: join(home, "logs", "crash-supervisor.log") },
      interpreter: "none",
      exec_mode: "fork",
      pmx: false,
      vizion: false,
      // Workers outlive a supervisor that was killed: the next one adopts them.
      treekill: false,
      autorestart: true,
      // 79: it was asked to stop (not 0, which PM2 also reads when a signal killed it).
      // 78: its configuration is wrong, and trying again changes nothing.
      stop_exit_codes: [78, 79],
      exp_backoff_restart_delay: 200,
      max_restarts: 1e6,
      min_uptime: 10_000,
      kill_timeout: 20_000,
      wait_ready: true,
      listen_timeout: 30_000,
      max_memory_restart: "512M",
      out_file: "/dev/null",
      error_file: "/dev/null",
    },
  ],
};
