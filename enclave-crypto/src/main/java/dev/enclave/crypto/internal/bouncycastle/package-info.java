/** All algorithms by Bouncy Castle. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.bouncycastle;
