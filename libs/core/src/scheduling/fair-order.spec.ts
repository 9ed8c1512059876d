import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamFlow } from './caller.js';
import { FairOrder, type Queueing } from './fair-order.js';

interface Item extends Queueing {
  readonly name: string;
}

const item = (name: string, principal: string, flow: unknown = 0, more: Partial<Item> = {}): Item => ({
  name,
  caller: { principal, flow },
  deadline: Infinity,
  ...more,
});

function one(order: FairOrder<Item>): string | undefined {
  return order.take(
    () => true,
    () => 1,
  )[0]?.name;
}

function all(order: FairOrder<Item>): string[] {
  const names: string[] = [];
  while (order.size > 0) names.push(one(order) ?? '');
  return names;
}

describe('a fair order', () => {
  it('lets principals take turns, however many flows one of them has', () => {
    const order = new FairOrder<Item>();
    for (let flow = 0; flow < 200; flow++) order.add(item(`many-${flow}`, 'many', flow));
    for (let i = 0; i < 3; i++) order.add(item(`few-${i}`, 'few'));
    expect(all(order).slice(0, 6)).toEqual(['many-0', 'few-0', 'many-1', 'few-1', 'many-2', 'few-2']);
  });

  it('lets the flows of a principal take turns', () => {
    const order = new FairOrder<Item>();
    for (let i = 0; i < 100; i++) order.add(item(`greedy-${i}`, 'p', 'greedy'));
    order.add(item('modest-0', 'p', 'modest'));
    order.add(item('modest-1', 'p', 'modest'));
    expect(all(order).slice(0, 4)).toEqual(['greedy-0', 'modest-0', 'greedy-1', 'modest-1']);
  });

  it('counts what a turn costs', () => {
    const order = new FairOrder<Item>();
    for (let i = 0; i < 3; i++) order.add(item(`dear-${i}`, 'a', 0, { cost: 10 }));
    for (let i = 0; i < 12; i++) order.add(item(`cheap-${i}`, 'b'));
    expect(all(order).indexOf('dear-1')).toBe(11);
  });

  it('settles what a turn has cost beyond what was said, also where its caller waits for nothing meanwhile', () => {
    const order = new FairOrder<Item>();
    for (let i = 0; i < 20; i++) order.add(item(`true-${i}`, 'true'));
    const served: string[] = [];
    // Ten times what it says.
    for (let i = 0; i < 13; i++) {
      const understated = item('understated', 'understated');
      if (i % 5 === 0) order.add(understated);
      served.push(one(order) ?? '');
      if (served.at(-1) === 'understated') order.settle(understated.caller, 9);
    }
    expect(served.filter((name) => name === 'understated')).toHaveLength(2);
    order.settle(item('', 'true').caller, 30);
    expect(one(order)).toBe('understated');
  });

  it('gives nobody credit for having asked for nothing', () => {
    const order = new FairOrder<Item>();
    for (let i = 0; i < 10; i++) order.add(item(`a-${i}`, 'a'));
    for (let i = 0; i < 5; i++) one(order);
    for (let i = 0; i < 5; i++) order.add(item(`b-${i}`, 'b'));
    expect(all(order).slice(0, 4)).toEqual(['b-0', 'a-5', 'b-1', 'a-6']);
  });

  it('keeps a share of a batch for whoever is active, and leaves what does not join in line', () => {
    const order = new FairOrder<Item>();
    order.add(item('b-0', 'b'));
    expect(one(order)).toBe('b-0');
    for (let i = 0; i < 8; i++) order.add(item(`a-${i}`, 'a', i % 2));
    const batch = order.take(
      ({ name }) => name !== 'a-1',
      () => 8,
    );
    expect(batch.map(({ name }) => name)).toEqual(['a-0', 'a-3', 'a-5', 'a-2']);
    expect(order.size).toBe(4);
    expect(order.first?.name).toBe('a-1');
  });

  it('keeps no share of a batch for a stream that has ended', () => {
    const taken = (before: StreamFlow) => {
      const order = new FairOrder<Item>();
      order.add(item('before', 'p', before));
      one(order);
      const flow = new StreamFlow();
      for (let i = 0; i < 8; i++) order.add(item(`after-${i}`, 'p', flow));
      return {
        isShared: order.isShared,
        batch: order.take(
          () => true,
          () => 8,
        ).length,
      };
    };
    const ended = new StreamFlow();
    ended.end();
    expect(taken(ended)).toEqual({ isShared: true, batch: 8 });
    expect(taken(new StreamFlow())).toEqual({ isShared: false, batch: 4 });
  });

  it('forgets an item that is taken out of the line', () => {
    const order = new FairOrder<Item>();
    const [a, b] = [item('a', 'p', 1), item('b', 'p', 2)];
    order.add(a);
    order.add(b);
    expect(order.remove(a)).toBe(true);
    expect(order.remove(a)).toBe(false);
    expect(all(order)).toEqual(['b']);
    expect(order.first).toBeUndefined();
  });

  it('takes out of turn what may go on, and nothing that may not', () => {
    const order = new FairOrder<Item>();
    const [first, second] = [item('first', 'p'), item('second', 'p')];
    for (const one of [first, second, item('other', 'q')]) order.add(one);
    const take = (admitted: string[], outOfTurn: Item) =>
      order.takeNext(
        ({ name }) => admitted.includes(name),
        (principal) => (principal === 'p' ? outOfTurn : undefined),
      )?.name;
    expect(take([], first)).toBeUndefined();
    expect(take([], second)).toBeUndefined();
    expect(take(['second'], first)).toBeUndefined();
    expect(take(['second'], second)).toBe('second');
    expect(take(['other'], first)).toBe('other');
    expect(all(order)).toEqual(['first']);
  });

  it('gives each item once, whatever came and went', () => {
    const step = fc.record({
      principal: fc.constantFrom('a', 'b', 'c'),
      flow: fc.nat(3),
      cost: fc.integer({ min: 1, max: 5 }),
      then: fc.constantFrom('wait', 'take', 'remove'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const order = new FairOrder<Item>();
        const gone: string[] = [];
        steps.forEach(({ principal, flow, cost, then }, i) => {
          const added = item(`${i}`, principal, flow, { cost });
          order.add(added);
          if (then === 'remove' && order.remove(added)) gone.push(added.name);
          if (then === 'take') gone.push(one(order) ?? '');
        });
        gone.push(...all(order));
        expect(gone.map(Number).sort((a, b) => a - b)).toEqual(steps.map((_, i) => i));
      }),
    );
  });
});
