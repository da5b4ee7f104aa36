/** A regression on more names than a shop has causes fits noise. */
export const MOST_REGRESSORS = 20;
/** As rows of `regressor` have them: longest name, largest number. */
export const MOST_NAME = 80;
export const MOST_VALUE = 1e9;
