package dev.enclave.gcp.campaign;

import dev.enclave.campaign.OrdersCampaign;

class OrdersTest extends OrdersCampaign {

  OrdersTest() {
    super(new GcpUnderTest());
  }
}
