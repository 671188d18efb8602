/** What the AWS services have in common. */
@NullMarked
package dev.enclave.emulators.internal.aws.common;

import org.jspecify.annotations.NullMarked;
