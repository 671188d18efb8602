package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.OrdersCampaign;
import org.junit.jupiter.api.Tag;

/** With a key-encryption key on AWS KMS. */
@Tag("needs-kube-apiserver")
class OrdersTest extends OrdersCampaign {

  OrdersTest() {
    super(new KekOnAws());
  }
}
