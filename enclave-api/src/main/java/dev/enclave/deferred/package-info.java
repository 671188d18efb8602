/** Operations that are kept in a database and carried out when their backend answers again. */
@org.jspecify.annotations.NullMarked
package dev.enclave.deferred;
