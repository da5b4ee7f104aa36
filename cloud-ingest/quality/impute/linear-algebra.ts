// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).

/**
 * Solves A x = b for a symmetric positive definite A of n x n, whose lower triangle is read and then holds the factor
 * (Cholesky); b holds x afterwards. A pivot that is not positive is lifted, so that a singular A gives no NaN.
 */
export function solveInPlace(a: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / a[j * n + j]!;
    }
  }
  substitute(a, b, n);
}

/** Solves L L' x = b for a factor that `solveInPlace` left. */
export function substitute(factor: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * n + k]! * b[k]!;
    b[i] = sum / factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i]! * b[k]!;
    b[i] = sum / factor[i * n + i]!;
  }
}
