@NullMarked
package dev.enclave.auditlog.support;

import org.jspecify.annotations.NullMarked;
