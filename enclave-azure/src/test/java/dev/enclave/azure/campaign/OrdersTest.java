package dev.enclave.azure.campaign;

import dev.enclave.campaign.OrdersCampaign;

class OrdersTest extends OrdersCampaign {

  OrdersTest() {
    super(new AzureUnderTest());
  }
}
