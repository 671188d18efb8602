/** What KMS calls its keys and algorithms, and what is computed for those names. */
@NullMarked
package dev.enclave.emulators.internal.aws.crypto;

import org.jspecify.annotations.NullMarked;
