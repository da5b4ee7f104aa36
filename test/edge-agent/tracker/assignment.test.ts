import { expect, test } from "vitest";
import { Assignment } from "../../../edge-agent/tracker/assignment.ts";
import { Random } from "./random.ts";

/** Least total cost over all ways to match the shorter side. */
function bruteForce(costs: readonly number[], rows: number, columns: number, row = 0, used = 0): number {
  if (row === rows) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (let j = 0; j < columns; j++) {
    if (used & (1 << j)) continue;
    least = Math.min(least, costs[row * columns + j]! + bruteForce(costs, rows, columns, row + 1, used | (1 << j)));
  }
  return least;
}

function transpose(costs: readonly number[], rows: number, columns: number): number[] {
  return Array.from({ length: rows * columns }, (_, k) => costs[(k % rows) * columns + Math.floor(k / rows)]!);
}

function solve(assignment: Assignment, costs: readonly number[], rows: number, columns: number): number {
  assignment.costs.set(costs);
  assignment.solve(rows, columns);
  const matched = [...assignment.columnOfRow.subarray(0, rows)];
  const partners = matched.filter((column) => column >= 0);
  expect(new Set(partners).size).toBe(partners.length);
  expect(partners.length).toBe(Math.min(rows, columns));
  return matched.reduce((sum, column, row) => sum + (column < 0 ? 0 : costs[row * columns + column]!), 0);
}

test("finds the least total cost of random problems of every shape, as trying all ways does", () => {
  const random = new Random(1);
  const assignment = new Assignment(7, 7);
  for (let round = 0; round < 600; round++) {
    const rows = 1 + Math.floor(random.next() * 7);
    const columns = 1 + Math.floor(random.next() * 7);
    const step = round % 3 === 0 ? 4 : 1000;
    const costs = Array.from({ length: rows * columns }, () => Math.round(random.between(-1, 1) * step) / step);
    const tall = rows > columns;
    const least = tall ? bruteForce(transpose(costs, rows, columns), columns, rows) : bruteForce(costs, rows, columns);
    expect(solve(assignment, costs, rows, columns)).toBeCloseTo(least, 9);
  }
});

test("costs capped at a gate leave a pair alone rather than make another one worse", () => {
  const assignment = new Assignment(2, 2);
  assignment.costs.set([0.1, 0.9, 0.9, 0.9]);
  assignment.solve(2, 2);
  expect(assignment.columnOfRow[0]).toBe(0);
});

test("solves 256 by 256 equal costs", () => {
  const assignment = new Assignment(256, 256);
  assignment.costs.fill(0.9);
  assignment.solve(256, 256);
  expect(new Set(assignment.columnOfRow).size).toBe(256);
});
