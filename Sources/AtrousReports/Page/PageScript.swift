/// What makes the page's tables sort, filter and copy. Without it everything can still be read.
let pageScript = #"""
  "use strict";
  (() => {
    const value = cell => cell.dataset.order === undefined ? cell.textContent.trim() : Number(cell.dataset.order);
    const compare = (a, b) => {
      const numbers = [typeof a, typeof b].map(type => type === "number");
      if (numbers[0] && numbers[1]) return a - b;
      if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
      return a.localeCompare(b, "en", { numeric: true });
    };

    const sort = (table, column, head) => {
      const isDown = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      const body = table.tBodies[0];
      const rows = [...body.rows].map(row => ({ row, key: value(row.cells[column]) }));
      rows.sort((a, b) => isDown ? compare(b.key, a.key) : compare(a.key, b.key));
      body.append(...rows.map(entry => entry.row));
    };

    const makeSortable = table => [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(table, column, head));
      head.replaceChildren(button);
    });

    const text = table => [table.tHead, table.tBodies[0]].flatMap(part => [...part.rows])
      .filter(row => !row.hidden)
      .map(row => [...row.cells].map(cell => cell.textContent.trim().replace(/\s+/g, " ")).join("\t")).join("\n");

    // Without a secure origin there is no clipboard but that of a selection.
    const write = async string => {
      try {
        await navigator.clipboard.writeText(string);
        return true;
      } catch {
        const area = document.createElement("textarea");
        area.value = string;
        document.body.append(area);
        area.select();
        const isDone = document.execCommand("copy");
        area.remove();
        return isDone;
      }
    };

    const copyButton = table => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy as TSV";
      button.setAttribute("aria-label", `Copy as TSV: ${table.caption.textContent}`);
      button.addEventListener("click", async () => {
        button.textContent = await write(text(table)) ? "Copied" : "Not allowed here";
        setTimeout(() => { button.textContent = "Copy as TSV"; }, 1500);
      });
      return button;
    };

    const filterField = table => {
      const field = document.createElement("input");
      field.type = "search";
      field.setAttribute("aria-label", `Filter rows: ${table.caption.textContent}`);
      const label = document.createElement("label");
      label.append("Filter rows ", field);
      const shown = document.createElement("output");
      field.addEventListener("input", () => {
        const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
        const rows = [...table.tBodies[0].rows];
        for (const row of rows) {
          const content = row.textContent.toLowerCase();
          row.hidden = !words.every(word => content.includes(word));
        }
        const count = rows.filter(row => !row.hidden).length;
        shown.textContent = words.length ? `${count} of ${rows.length} rows` : "";
      });
      return [label, shown];
    };

    for (const holder of document.querySelectorAll(".table")) {
      const table = holder.querySelector("table");
      makeSortable(table);
      const bar = document.createElement("div");
      bar.className = "bar-of-controls";
      if (table.tBodies[0].rows.length > 7) bar.append(...filterField(table));
      bar.append(copyButton(table));
      holder.before(bar);
      // What scrolls must be reachable with the keyboard.
      if (holder.scrollWidth > holder.clientWidth || holder.closest("details")) {
        holder.tabIndex = 0;
        holder.setAttribute("role", "region");
        holder.setAttribute("aria-label", table.caption.textContent);
      }
    }
    for (const figure of document.querySelectorAll("figure")) {
      const table = figure.querySelector("table");
      figure.querySelector("summary").after(figure.querySelector(".bar-of-controls"));
      const button = copyButton(table);
      button.textContent = "Copy numbers";
      button.classList.add("of-figure");
      figure.querySelector("details").before(button);
    }
  })();
  """#
