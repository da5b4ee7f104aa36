declare module "fs-native-extensions" {
  /** Locks the whole open file for it alone; false when somebody else has it. */
  export function tryLock(fd: number): boolean;
}
