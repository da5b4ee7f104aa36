const OTHERS = 0o077;

/**
 * From here on whatever this process makes is its user's alone: files 0600, folders 0700, those of DuckDB and of programs that it
 * starts too. Called before data is made and after models and samples are, which other users of `KAZOE_HOME` may share.
 */
export function keepFilesPrivate(): void {
  process.umask(OTHERS);
}
