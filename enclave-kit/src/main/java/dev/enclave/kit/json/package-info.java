/** JSON that is read strictly. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.json;
