import { afterAll } from "vitest";

// Suites share a process, and a command that a suite runs in it closes its umask for good.
const umask = process.umask();
afterAll(() => void process.umask(umask));
