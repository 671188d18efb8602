/**
 * Creates keys, rotates them and switches their versions; backs them up and restores them; keeps a
 * whole store: its inventory, orphans, resealing, and the key that countersigns its log.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.lifecycle;
