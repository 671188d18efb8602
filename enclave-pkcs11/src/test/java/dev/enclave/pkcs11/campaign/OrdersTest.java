package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.OrdersCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class OrdersTest extends OrdersCampaign {

  OrdersTest() {
    super(new SoftHsmUnderTest());
  }
}
