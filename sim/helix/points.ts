/**
 * Helix's rate limit: a bucket of points that refills steadily. A request takes one point; an empty bucket answers
 * 429. Pure: the bucket goes in, the next bucket comes out.
 */
export const POINTS_MAX = 800;
const REFILL_MS = 60_000;

export interface PointsBucket {
  readonly points: number;
  readonly at: number;
}

export interface PointsTaken {
  readonly bucket: PointsBucket;
  readonly isAllowed: boolean;
  /** Ready to be sent as Ratelimit-Remaining and Ratelimit-Reset. */
  readonly remaining: number;
  readonly resetEpochSeconds: number;
}

export function fullBucket(now: number): PointsBucket {
  return { points: POINTS_MAX, at: now };
}

export function takePoints(bucket: PointsBucket, now: number, cost = 1): PointsTaken {
  const refilled = Math.min(POINTS_MAX, bucket.points + ((now - bucket.at) * POINTS_MAX) / REFILL_MS);
  const isAllowed = refilled >= cost;
  const points = isAllowed ? refilled - cost : refilled;
  return {
    bucket: { points, at: now },
    isAllowed,
    remaining: Math.floor(points),
    resetEpochSeconds: Math.ceil((now + ((POINTS_MAX - points) * REFILL_MS) / POINTS_MAX) / 1000),
  };
}
