-- How somebody, or everybody, likes to see a list: filter, order, columns, density.
CREATE TABLE saved_view (
  id uuid PRIMARY KEY,
  list text COLLATE "C" NOT NULL,
  name text NOT NULL,
  owner_id uuid NOT NULL,
  owner_name text NOT NULL,
  shared boolean NOT NULL DEFAULT false,
  state jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE INDEX saved_view_list ON saved_view (list, name);
