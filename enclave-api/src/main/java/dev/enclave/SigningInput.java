package dev.enclave;

/**
 * What is to be signed or verified: a whole {@link Message} or a finished {@link Digest}. Two
 * types, so that one is never taken for the other.
 */
public sealed interface SigningInput permits Message, Digest {}
