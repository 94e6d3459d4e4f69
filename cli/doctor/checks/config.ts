import { describeProblems } from "../../../shared/config/problem.ts";
import { type LoadedConfig, loadConfig } from "../../../shared/load-config.ts";
import { defineCheck, type Finding } from "../check.ts";

export default defineCheck({
  name: "config",
  async run({ home, environment }) {
    return judgeConfig(home.configFile, loadConfig(home.configFile, { environment }));
  },
});

export function judgeConfig(file: string, loaded: LoadedConfig): readonly Finding[] {
  switch (loaded.is) {
    case "missing":
      return [
        {
          level: "fail",
          says: `there is no ${file}`,
          fix: "copy config/config.sample.yaml there and fill it in, or try ./kissbot.sh demo first",
        },
      ];
    case "wrong":
      return describeProblems(file, loaded.problems).map((line) => ({
        level: "fail",
        says: line.trim(),
        fix: "mend that line; config/config.sample.yaml shows every key",
      }));
    case "right":
      return [
        { level: "ok", says: `${file} is right` },
        ...describeProblems(file, loaded.warnings).map(
          (line): Finding => ({
            level: "warn",
            says: line.trim(),
            fix: "./kissbot.sh config show says what is used",
          }),
        ),
      ];
  }
}
