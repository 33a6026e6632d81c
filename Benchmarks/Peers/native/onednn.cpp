// oneDNN's forward convolution behind C functions. Tensors come and go as plain NCHW; the reorders to what the
// primitive wants, the weights' among them, happen once, outside run.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <unordered_map>

#include <oneapi/dnnl/dnnl.hpp>

using namespace dnnl;
using tag = memory::format_tag;

namespace {
struct Convolution {
  engine cpu{engine::kind::cpu, 0};
  stream queue{cpu};
  convolution_forward primitive;
  memory source, weights, destination;
  std::unordered_map<int, memory> arguments;
  std::string name;
};

memory::desc plain(const memory::dims &dims, tag format) { return memory::desc(dims, memory::data_type::f32, format); }

void reorder_into(Convolution &c, const memory::dims &dims, tag format, const float *data, memory &target) {
  memory given(plain(dims, format), c.cpu, const_cast<float *>(data));
  reorder(given, target).execute(c.queue, given, target);
  c.queue.wait();
}
}  // namespace

extern "C" {
// sizes: n g c k, h r st d before after, w s st d before after. layout: 0 any, 1 blocked, 2 channels last.
void *onednn_create(const int64_t *s, int layout, const float *x, const float *w, char *error, size_t capacity) try {
  auto c = new Convolution;
  const int64_t n = s[0], g = s[1], channels = s[2], k = s[3];
  const int64_t *h = s + 4, *v = s + 10;
  auto extent = [](const int64_t *a) { return (a[0] + a[4] + a[5] - ((a[1] - 1) * a[3] + 1)) / a[2] + 1; };
  memory::dims source{n, channels, h[0], v[0]}, destination{n, k, extent(h), extent(v)};
  memory::dims weights{k, channels, h[1], v[1]};
  if (g > 1) weights = {g, k / g, channels / g, h[1], v[1]};
  const bool wide = get_effective_cpu_isa() >= cpu_isa::avx512_core;
  const tag blocked = wide ? tag::nChw16c : tag::nChw8c;
  const tag data = layout == 0 ? tag::any : layout == 1 ? blocked : tag::nhwc;
  convolution_forward::primitive_desc description(
      c->cpu, prop_kind::forward_inference, algorithm::convolution_direct, plain(source, data),
      plain(weights, tag::any), plain(destination, data), {h[2], v[2]}, {h[3] - 1, v[3] - 1}, {h[4], v[4]},
      {h[5], v[5]});
  c->primitive = convolution_forward(description);
  c->name = description.impl_info_str();
  c->source = memory(description.src_desc(), c->cpu);
  c->weights = memory(description.weights_desc(), c->cpu);
  c->destination = memory(description.dst_desc(), c->cpu);
  reorder_into(*c, source, tag::nchw, x, c->source);
  reorder_into(*c, weights, g > 1 ? tag::goihw : tag::oihw, w, c->weights);
  c->arguments = {{DNNL_ARG_SRC, c->source}, {DNNL_ARG_WEIGHTS, c->weights}, {DNNL_ARG_DST, c->destination}};
  return c;
} catch (const std::exception &reason) {
  std::snprintf(error, capacity, "%s", reason.what());
  return nullptr;
}

const char *onednn_name(void *convolution) { return static_cast<Convolution *>(convolution)->name.c_str(); }

void onednn_run(void *convolution, int64_t calls) {
  auto &c = *static_cast<Convolution *>(convolution);
  for (int64_t call = 0; call < calls; call++) {
    c.primitive.execute(c.queue, c.arguments);
    c.queue.wait();
  }
}

// The output as NCHW.
void onednn_read(void *convolution, float *y) {
  auto &c = *static_cast<Convolution *>(convolution);
  memory plainly(plain(c.destination.get_desc().get_dims(), tag::nchw), c.cpu, y);
  reorder(c.destination, plainly).execute(c.queue, c.destination, plainly);
  c.queue.wait();
}

void onednn_version(int *numbers) {
  numbers[0] = version()->major, numbers[1] = version()->minor, numbers[2] = version()->patch;
}

void onednn_free(void *convolution) { delete static_cast<Convolution *>(convolution); }
}
