/** Key material of KMS keys and what it computes, by Bouncy Castle's own API. */
@NullMarked
package dev.enclave.emulators.internal.aws.crypto;

import org.jspecify.annotations.NullMarked;
