import { describe, expect, test } from "vitest";
import { blurred, busy, each, type Grey, paint, place, type Scene, ShopCamera, shifted } from "./shop.ts";

const LEARN_S = 150;
const IN_TIME_S = 60;
const WHOLE = { x: 0, y: 0, w: 128, h: 96 };
const half = { ...WHOLE, w: 64 };

/** What a scene becomes, picture by picture. */
const through =
  (change: (grey: Grey) => Grey, scene: Scene = busy()): Scene =>
  (atS) =>
    change(scene(atS));

/** The picture of one moment, over and over. */
const stopped =
  (scene: Scene, momentS: number): Scene =>
  () =>
    scene(momentS);

const withClock =
  (scene: Scene): Scene =>
  (atS) =>
    paint(scene(atS).slice(), { x: 4 + 8 * (Math.floor(atS) % 3), y: 2, w: 5, h: 4 }, 255);

describe("a fault is told within a minute, by its name, and ends when it ends", () => {
  test.each([
    { fault: "frozen", scene: stopped(busy(), LEARN_S), noise: 0 },
    { name: "frozen, a clock goes on", fault: "frozen", scene: withClock(stopped(busy(), LEARN_S)), noise: 0 },
    { name: "frozen, another noise", fault: "frozen", scene: stopped(busy(), LEARN_S), noise: 10 },
    { fault: "black", scene: through((grey) => grey.map(() => 2)), noise: 0 },
    { name: "black, with noise", fault: "black", scene: through((grey) => grey.map(() => 6)), noise: 3 },
    { fault: "blown-out", scene: through((grey) => grey.map((level) => 4 * level + 150)), noise: 4 },
    { fault: "blocked", scene: through((grey) => paint(grey, WHOLE, 90)), noise: 4 },
    { fault: "half-blocked", scene: through((grey) => paint(grey, half, 90)), noise: 4 },
    { fault: "blurred", scene: through((grey) => blurred(grey, 2)), noise: 1 },
    { fault: "moved", scene: busy(shifted(place(), 12, 0)), noise: 4 },
    { name: "moved up a little", fault: "moved", scene: busy(shifted(place(), 0, 7)), noise: 4 },
    { name: "turned to another place", fault: "moved", scene: busy(place(99)), noise: 4 },
  ])("$fault $name", ({ fault, scene, noise }) => {
    const camera = new ShopCamera();
    expect(camera.show(busy(), LEARN_S)).toBeUndefined();
    expect(camera.word).toBe("ok");
    expect(camera.health.sight).toEqual({ state: "seen", fault: undefined });
    expect(camera.show(scene, 80, noise)).toBeLessThanOrEqual(IN_TIME_S);
    expect(camera.word).toBe(fault);
    expect(camera.health.sight).toEqual({ state: fault === "moved" ? "seen" : "blind", fault });
    camera.show(busy(), 40);
    expect(camera.word).toBe("ok");
    expect(camera.turns).toEqual([`+${fault}`, `-${fault}`]);
  });
});

describe("no fault", () => {
  const dim = (to: (atS: number) => number): Scene => {
    const scene = busy();
    return (atS) => each(scene(atS), (level) => level * to(atS));
  };
  const body = (sway: (atS: number) => number): Scene => {
    const scene = busy();
    return (atS) => paint(scene(atS), { x: 15 + sway(atS), y: 6, w: 90, h: 90 }, 60);
  };
  test.each([
    { name: "an empty shop at night with a sensor's noise, half an hour", scene: () => place(), seconds: 1_800 },
    { name: "a person before the lens for half a minute", scene: body((atS) => 3 * Math.sin(atS)), seconds: 30 },
    { name: "one who stands quite still", scene: body(() => 0), seconds: 30 },
    {
      name: "night falls in five minutes",
      scene: dim((atS) => Math.max(0.12, 1 - (atS - LEARN_S) / 300)),
      seconds: 600,
    },
    { name: "the lights go off", scene: dim(() => 0.12), seconds: 1_200, word: "dark" },
    { name: "half of the lamps go off", scene: dim(() => 0.5), seconds: 600 },
    { name: "the exposure jumps", scene: dim((atS) => (atS % 20 < 10 ? 0.7 : 1)), seconds: 300 },
    { name: "a door stays open behind who leaves", scene: doorLeftOpen(), seconds: 1_200 },
    { name: "a shelf is moved", scene: busy(paint(place(), { x: 70, y: 50, w: 22, h: 20 }, 200)), seconds: 600 },
  ])("$name", ({ scene, seconds, word = "ok" }) => {
    const camera = new ShopCamera();
    camera.show(busy(), LEARN_S);
    camera.show(scene, seconds);
    if (seconds >= 600 && word === "dark") expect(camera.word).toBe(word);
    camera.show(busy(), 30);
    expect(camera.turns).toEqual([]);
    expect(camera.word).toBe("ok");
  });

  test("infrared: the picture turns grey and its contrast changes", () => {
    const camera = new ShopCamera();
    camera.show(busy(), LEARN_S);
    camera.show(
      dim(() => 0.6),
      300,
      8,
      true,
    );
    expect(camera.word).toBe("ok");
    camera.show(busy(), 60);
    expect(camera.turns).toEqual([]);
  });

  test("a drawn film without noise that stands still from the first picture proves nothing: watched, not frozen", () => {
    const camera = new ShopCamera();
    camera.show(() => place(), 1_200, 0);
    expect(camera.turns).toEqual([]);
    expect(camera.health.sight.state).toBe("seen");
  });

  test("a drawn film that is empty for a while is not frozen, and one whose people stop on the way is", () => {
    const camera = new ShopCamera();
    camera.show(busy(), 160, 0);
    camera.show(() => place(), 300, 0);
    expect(camera.turns).toEqual([]);
    camera.show(busy(), 160, 0);
    camera.show(stopped(busy(), 620), 60, 0);
    expect(camera.turns).toEqual(["+frozen"]);
  });
});

/** The last one opens a door at the side and goes; then nothing happens. */
function doorLeftOpen(): Scene {
  const empty = place();
  const open = paint(empty.slice(), { x: 112, y: 30, w: 14, h: 40 }, 235);
  return (atS) =>
    atS < LEARN_S + 5 ? paint(empty.slice(), { x: 100 + (atS - LEARN_S) * 4, y: 30, w: 10, h: 50 }, 20) : open;
}

test("a doubt is told before the fault, and ends with it", () => {
  const camera = new ShopCamera();
  camera.show(busy(), LEARN_S);
  camera.show(
    through((grey) => paint(grey, WHOLE, 90)),
    30,
  );
  expect(camera.health.sight.state).toBe("doubtful");
  camera.show(busy(), 30);
  expect(camera.health.sight.state).toBe("seen");
});

test("nothing is known of the view before it was seen for a minute, nor when no frame comes", () => {
  const camera = new ShopCamera();
  expect(camera.word).toBe("unknown");
  camera.show(busy(), 30);
  expect(camera.word).toBe("unknown");
  camera.show(busy(), 100);
  expect(camera.word).toBe("ok");
  camera.wait(40);
  expect(camera.word).toBe("unknown");
  expect(camera.health.view({ status: "stalled" })).toEqual({ view: "no-frames", viewS: 0 });
  camera.wait(15);
  expect(camera.health.view({ status: "lost" })).toEqual({ view: "no-frames", viewS: 15 });
  expect(camera.health.view({ status: "ended" }).view).toBe("unknown");
});

test("a fault does not end because no frame comes", () => {
  const camera = new ShopCamera();
  camera.show(busy(), LEARN_S);
  camera.show(
    through((grey) => paint(grey, WHOLE, 90)),
    70,
  );
  camera.wait(3_600);
  camera.show(
    through((grey) => paint(grey, WHOLE, 90)),
    3,
  );
  expect(camera.word).toBe("blocked");
});

describe("over a restart", () => {
  const learned = () => {
    const camera = new ShopCamera();
    camera.show(busy(), LEARN_S);
    return camera.health.takeLearned() ?? "";
  };

  test("a camera that was pushed while the device was off is told", () => {
    const camera = new ShopCamera({ kept: learned() });
    expect(camera.show(busy(shifted(place(), 12, 0)), 80)).toBeLessThanOrEqual(IN_TIME_S);
    expect(camera.turns).toEqual(["+moved"]);
  });

  test("a picture that stood before the start is told, as the camera's noise is known", () => {
    const camera = new ShopCamera({ kept: learned() });
    expect(camera.show(() => place(), 80, 0)).toBeLessThanOrEqual(IN_TIME_S);
    expect(camera.turns).toEqual(["+frozen"]);
  });

  test("all being well the view is known at once, and nothing is written again", () => {
    const camera = new ShopCamera({ kept: learned() });
    camera.show(busy(), 15);
    expect(camera.word).toBe("ok");
    expect(camera.health.takeLearned()).toBeUndefined();
  });

  test("lines that are drawn anew have their view learned anew", () => {
    const camera = new ShopCamera({ kept: learned(), setUp: "as drawn later" });
    camera.show(busy(shifted(place(), 12, 0)), LEARN_S);
    expect(camera.turns).toEqual([]);
    expect(camera.word).toBe("ok");
    expect(camera.unusable).toMatchObject([{ isOther: true }]);
  });

  test("no picture is kept: only 32 x 24 directions of edges, in a few kilobytes", () => {
    const text = learned();
    expect(text.length).toBeLessThan(4_096);
    expect(Object.keys(JSON.parse(text).views[0]).sort()).toEqual(
      ["across", "aslant", "edges", "isGrey", "sharpness", "width"].sort(),
    );
  });
});

test("a shelf that stands elsewhere for six hours belongs to the view; a push does not, however long", () => {
  const camera = new ShopCamera();
  camera.show(busy(), LEARN_S);
  camera.health.takeLearned();
  const other = place(99);
  const edge = each(place(), (level, x, y) => (x >= 64 && x < 96 && y < 32 ? other[y * 128 + x]! : level));
  camera.stepS = 10;
  camera.show(busy(edge), 6.5 * 3_600);
  expect(camera.health.takeLearned()).toBeDefined();
  camera.show(busy(shifted(edge, 12, 0)), 6.5 * 3_600);
  expect(camera.word).toBe("moved");
  expect(camera.health.takeLearned()).toBeUndefined();
}, 120_000);
