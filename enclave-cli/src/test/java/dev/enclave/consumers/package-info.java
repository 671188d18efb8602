/** What whoever uses the repository or its artifacts gets of Maven. */
@NullMarked
package dev.enclave.consumers;

import org.jspecify.annotations.NullMarked;
