/** Enclave and Google Cloud KMS on bad days, over the wire, against our own server. */
@NullMarked
package dev.enclave.gcp.campaign;

import org.jspecify.annotations.NullMarked;
