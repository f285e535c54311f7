/**
 * The IDs in the documents and the examples. They have the form of Keycard's: 26 characters, a to z and 0 to 9.
 */
export const SAMPLE_ZONE = "q7m2x9c4v1b8n5k3z6w0t4r8y2";
/** The Keycard Resource that secrets belong to. */
export const SAMPLE_ENTITY = "h5d1s8f3g6j0l9p2a7e4u1i5o3";
/** Another Resource of the same zone. */
export const SAMPLE_OTHER_ENTITY = "b3y7v0t5r2e9w6q1x4z8c0n5m7";
/** A secret. */
export const SAMPLE_SECRET = "k9w4t1z6c3v8b2n7m5x0q4r1y6";
