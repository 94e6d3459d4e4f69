import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FileHands, type Loss, openLineFile } from "./line-file.ts";
import { openLogFile } from "./log.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-lines-"));
  file = join(folder, "deep", "x.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

const describeLoss = (loss: Loss) => `lost ${loss.lines}: ${loss.because}\n`;
const read = () => readFileSync(file, "utf8");

test("makes the file and its folder with the first line", () => {
  const lines = openLineFile({ file, describeLoss });
  expect(read).toThrow("ENOENT");
  lines.write("one\n");
  lines.write("two – ü\n");
  lines.close();
  lines.write("three\n");
  expect(read()).toBe("one\ntwo – ü\n");
});

test("after a rotation the next line begins a new file, and none is lost", () => {
  const lines = openLineFile({ file, describeLoss });
  lines.write("one\n");
  renameSync(file, `${file}.1`);
  lines.write("two\n");
  lines.reopen();
  lines.write("three\n");
  lines.close();
  expect(readFileSync(`${file}.1`, "utf8")).toBe("one\ntwo\n");
  expect(read()).toBe("three\n");
});

/** A disk that holds `room` bytes and takes at most `atOnce` of them in one go. */
function smallDisk(room: number, atOnce = 1_000) {
  const disk = { room, text: "", isOpen: false };
  const hands: FileHands = {
    open() {
      disk.isOpen = true;
      return 7;
    },
    write(_descriptor, bytes) {
      const taken = Math.min(bytes.length, disk.room, atOnce);
      if (taken === 0) throw new Error("ENOSPC: no space left on device, write");
      disk.room -= taken;
      disk.text += bytes.toString("utf8", 0, taken);
      return taken;
    },
    cutEnd(_descriptor, bytes) {
      disk.room += bytes;
      disk.text = disk.text.slice(0, disk.text.length - bytes);
    },
    close() {
      disk.isOpen = false;
    },
  };
  return { disk, hands };
}

describe("a full disk", () => {
  test("loses whole lines, says so once when there is room again, and throws nothing", () => {
    const { disk, hands } = smallDisk(10);
    const lines = openLineFile({ file, describeLoss, hands });
    const heard: Loss[] = [];
    lines.onLoss((loss) => heard.push(loss));
    lines.write("first\n");
    lines.write("second\n");
    lines.write("third\n");
    expect(disk.text).toBe("first\n");
    const because = "ENOSPC: no space left on device, write";
    expect(heard).toEqual([{ file, lines: 1, because }]);
    expect(lines.loss()).toEqual({ file, lines: 2, because });
    disk.room = 1_000;
    lines.write("fourth\n");
    expect(lines.loss()).toBeUndefined();
    lines.write("fifth\n");
    expect(disk.text).toBe("first\nlost 2: ENOSPC: no space left on device, write\nfourth\nfifth\n");
    lines.close();
    expect(disk.isOpen).toBe(false);
  });

  test("that has room for the sentence about the gap, but not for a line behind it, says nothing yet", () => {
    const { disk, hands } = smallDisk(0);
    const lines = openLineFile({ file, describeLoss, hands });
    lines.write("first\n");
    disk.room = 60;
    lines.write("a line that is longer than what is left\n");
    lines.write("third line\n");
    expect(disk.text).toMatch(/^lost 2: .*\nthird line\n$/);
    expect(disk.room).toBeLessThan(60);
  });

  test("each gap is told of as it opens, also to whoever listens later", () => {
    const { disk, hands } = smallDisk(0);
    const lines = openLineFile({ file, describeLoss, hands });
    let heard = 0;
    lines.write("first\n");
    lines.onLoss(() => {
      heard += 1;
    });
    expect(heard).toBe(1);
    lines.write("second\n");
    expect(heard).toBe(1);
    disk.room = 100;
    lines.write("third\n");
    disk.room = 0;
    lines.write("fourth\n");
    expect(heard).toBe(2);
  });

  test("a line taken in pieces is a whole line", () => {
    const { disk, hands } = smallDisk(1_000, 3);
    openLineFile({ file, describeLoss, hands }).write("a longer line\n");
    expect(disk.text).toBe("a longer line\n");
  });

  test("the kernel's own: the logger goes on, and its warning is a line like others", () => {
    file = join(folder, "x.log");
    symlinkSync("/dev/full", file);
    const log = openLogFile({ file, level: "info", bindings: { child: "hub" } });
    log.log.info("one");
    log.log.fatal({ n: 2 }, "two");
    expect(log.loss()?.because).toMatch(/^ENOSPC/);
    unlinkSync(file);
    log.reopen();
    log.log.info("three");
    log.log.info("four");
    log.close();
    expect(
      read()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        level: "warn",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        child: "hub",
        lost: 2,
        because: expect.stringMatching(/^ENOSPC/),
        msg: "lines are missing here: the log could not be written",
      },
      expect.objectContaining({ child: "hub", msg: "three" }),
      expect.objectContaining({ msg: "four" }),
    ]);
  });

  test("a folder that cannot be made is no different", () => {
    file = "/dev/null/deep/x.log";
    const lines = openLineFile({ file, describeLoss });
    lines.write("one\n");
    expect(lines.loss()?.because).toMatch(/ENOTDIR/);
    lines.close();
  });
});
