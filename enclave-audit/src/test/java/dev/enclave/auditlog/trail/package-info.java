@NullMarked
package dev.enclave.auditlog.trail;

import org.jspecify.annotations.NullMarked;
