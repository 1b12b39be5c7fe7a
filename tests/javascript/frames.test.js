// Frames: panels are drawn in turn, each with what it was asked for last; with a hand-cranked clock.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Frames } from "../../ui/stage/frames.js";

let now;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  now = 0;
  mock.method(performance, "now", () => now);
  globalThis.requestAnimationFrame = (call) => setTimeout(call, 16);
});

function pass(ms) {
  for (; ms > 0; ms--) {
    now++;
    mock.timers.tick(1);
  }
}

test("a panel that waits for its turn is drawn once, with the newest it was asked for, and keeps its turn", () => {
  const frames = new Frames();
  const drawn = [];
  frames.request("probe", () => drawn.push("probe: old"));
  frames.request("table", () => drawn.push("table"));
  frames.request("probe", () => drawn.push("probe: new"));
  pass(300);
  assert.deepEqual(drawn, ["probe: new", "table"]);
});

test("a panel that is gone is not drawn", () => {
  const frames = new Frames();
  const drawn = [];
  frames.request("probe", () => drawn.push("probe"));
  frames.forget("probe");
  pass(300);
  assert.deepEqual(drawn, []);
});

test("what a hand has done is drawn next, without the rest that a heavy drawing before it asks for", () => {
  const frames = new Frames();
  const drawn = [];
  const heavy = (name) => () => {
    now += 100;
    drawn.push(name);
  };
  const names = ["map", "network", "loss"];
  for (const name of names) frames.request(name, heavy(name));
  pass(40);
  assert.deepEqual(drawn, ["map"]);
  frames.hurry("loss");
  frames.hurry("nothing that waits");
  pass(40);
  assert.deepEqual(drawn, ["map", "loss"]);
  pass(400);
  assert.deepEqual(drawn, ["map", "loss", "network"]);
});

test("while something more urgent is to come nothing else is begun, and what a heavy drawing asks for still holds after it", () => {
  const frames = new Frames();
  const drawn = [];
  frames.yield(60);
  frames.request("map", () => {
    now += 100;
    drawn.push("map");
  });
  pass(50);
  assert.deepEqual(drawn, []);
  frames.yield(0);
  frames.request("loss", () => drawn.push("loss"));
  pass(20);
  assert.deepEqual(drawn, ["map"]);
  frames.yield(60);
  frames.yield(0);
  pass(150);
  assert.deepEqual(drawn, ["map"], "twice as long is rested");
  pass(100);
  assert.deepEqual(drawn, ["map", "loss"]);
});

test("while one urgent thing follows the other there is a drawing now and then", () => {
  const frames = new Frames();
  const drawn = [];
  const request = () => frames.request("loss", () => drawn.push(now));
  for (let time = 0; time < 20; time++) {
    request();
    frames.yield(150);
    pass(50);
  }
  assert.ok(drawn.length >= 2 && drawn.length <= 3, String(drawn));
  pass(300);
  assert.ok(drawn.at(-1) > 900, "what does not come is not waited for");
});

test("cheap panels are drawn together, one that may be dear by itself, and a dear one gives way to them afterwards", () => {
  const frames = new Frames();
  const drawn = { regions: [], network: [], loss: [] };
  const costs = { regions: 2, network: 3, loss: 25 };
  const ask = () => {
    for (const [name, cost] of Object.entries(costs)) {
      frames.request(name, () => {
        drawn[name].push(now);
        now += cost;
      });
    }
  };
  for (let time = 0; time < 50; time++) {
    ask();
    pass(100);
  }
  const together = drawn.network.filter((one) => drawn.regions.includes(one - costs.regions)).length;
  assert.ok(together > 40, `${together} of ${drawn.network.length}`);
  assert.ok(drawn.regions.length >= 48 && drawn.network.length >= 48, "what is cheap is drawn as often as it comes");
  assert.ok(drawn.loss.length > 18 && drawn.loss.length < 30, `${drawn.loss.length} of 50`);
  assert.deepEqual(drawn.loss.filter((one) => drawn.network.includes(one - costs.network)), [], "a task stays short");
});

test("what may be drawn now does not wait for what may not yet", () => {
  const frames = new Frames();
  const drawn = [];
  const chart = () => {
    frames.request("loss", () => {
      now += 40;
      drawn.push("loss");
    });
  };
  for (const _time of [1, 2]) {
    chart();
    pass(200);
  }
  chart(); // no sooner than 320 ms after the last
  pass(5);
  frames.request("regions", () => drawn.push("regions"));
  pass(60);
  assert.deepEqual(drawn, ["loss", "loss", "regions"]);
  pass(200);
  assert.deepEqual(drawn, ["loss", "loss", "regions", "loss"]);
});

test("a cheap panel is drawn while a heavy one is rested from, one that has not been drawn yet is not", () => {
  const frames = new Frames();
  const drawn = [];
  const ask = (name, cost) => {
    frames.request(name, () => {
      now += cost;
      drawn.push(name);
    });
  };
  ask("regions", 2);
  pass(40);
  ask("loss", 100);
  pass(40); // and as many as 200 ms of rest are to come
  ask("regions", 2);
  ask("accuracy", 100);
  pass(60);
  assert.deepEqual(drawn, ["regions", "loss", "regions"]);
  pass(200);
  assert.deepEqual(drawn, ["regions", "loss", "regions", "accuracy"]);
});

test("a panel of which one drawing took very long does not stand still for long", () => {
  const frames = new Frames();
  const drawn = [];
  for (const cost of [20, 450, 20]) {
    frames.request("loss", () => {
      now += cost;
      drawn.push(now);
    });
    pass(1200);
  }
  assert.equal(drawn.length, 3);
});
