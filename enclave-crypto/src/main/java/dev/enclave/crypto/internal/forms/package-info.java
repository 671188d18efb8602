/** Public keys as JSON Web Keys, OpenSSH lines, JCA keys and addresses. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.forms;
