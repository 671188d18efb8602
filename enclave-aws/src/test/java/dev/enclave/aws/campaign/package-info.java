/** Enclave and AWS KMS on bad days, over the wire, against our own server. */
@NullMarked
package dev.enclave.aws.campaign;

import org.jspecify.annotations.NullMarked;
