package dev.enclave.vault.campaign;

import dev.enclave.campaign.OrdersCampaign;

class OrdersTest extends OrdersCampaign {

  OrdersTest() {
    super(new VaultUnderTest());
  }
}
