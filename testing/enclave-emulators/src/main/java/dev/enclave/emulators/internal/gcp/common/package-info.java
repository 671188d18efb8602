/** What Google's services have in common. */
@NullMarked
package dev.enclave.emulators.internal.gcp.common;

import org.jspecify.annotations.NullMarked;
