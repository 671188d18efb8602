/** The inventory, orphans and resealing of a whole store, and the key that countersigns its log. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.key.upkeep;
