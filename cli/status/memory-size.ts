/** Pure. */
export const formatMb = (kb: number): string => `${(kb / 1_024).toFixed(1)} MB`;
